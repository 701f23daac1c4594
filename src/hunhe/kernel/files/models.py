from django.db import models

from hunhe.kernel.files import shapes


class StoredFile(models.Model):
    """One file that somebody stored. Content lies on disk under its digest, once, however often it was stored."""

    file_id = models.TextField(unique=True)
    name = models.TextField()
    media_type = models.TextField()
    size = models.BigIntegerField()
    digest = models.TextField(db_index=True)
    purpose = models.TextField()
    owner = models.TextField()
    owner_subject = models.TextField(db_index=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "files_stored_file"

    def shape(self) -> shapes.StoredFile:
        return shapes.StoredFile(
            self.file_id, self.name, self.media_type, self.size, self.digest, self.purpose, self.created_at
        )
