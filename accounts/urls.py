from django.urls import path

from accounts import file_views, upload_views, views

app_name = "accounts"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("me/settings/", views.my_settings, name="settings"),
    path("me/again/", views.again, name="again"),
    path("me/settings/phone/", views.my_phone, name="my-phone"),
    path("me/settings/sign-out-everywhere/", views.end_sessions, name="end-sessions"),
    path("first/<str:token>/", views.first_person, name="first-person"),
    path("demo/sign-in/", views.demo_sign_in, name="demo-sign-in"),
    path("demo/mail/", views.demo_mails, name="demo-mails"),
    path("demo/mail/<slug:name>/", views.demo_mails, name="demo-mail"),
    path("drafts/<slug:form>/<str:target>/", file_views.draft, name="draft"),
    path("uploads/", upload_views.upload_new, name="upload-new"),
    path("uploads/<uuid:key>/", upload_views.upload, name="upload"),
    path("files/<uuid:key>/", file_views.file, name="file"),
    path("files/<uuid:key>/preview/", file_views.file_preview, name="file-preview"),
]
