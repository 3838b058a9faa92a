"""Static files by content hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashes every file, the imports between our ES modules included; keeps only the hashed ones."""

    support_js_module_import_aggregation = True
    manifest_strict = True
