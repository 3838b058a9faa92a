from django.db import models


class Trace(models.Model):
    """What a probe left: `began` outside any transaction, `done` in the one that finishes the job."""

    name = models.CharField(max_length=40)
    stage = models.CharField(max_length=5)
    pid = models.IntegerField()
