from django.db import models

from fleet.accounts.tenancy import TenantModel


class RejectedFix(TenantModel):
    """A record that could not be stored, with the reason and the text as it came."""

    received_at = models.DateTimeField()
    format = models.CharField(
        max_length=20, help_text="Which parser reads `raw` when it is tried again."
    )
    device = models.CharField(max_length=128, blank=True, help_text="Identifier as sent.")
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=300)
    raw = models.TextField()
    # Where in the stream it came from: a batch that is processed twice is quarantined once.
    entry = models.CharField(max_length=64, editable=False)
    entry_index = models.PositiveIntegerField(editable=False)
    requeued_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "rejected fix"
        verbose_name_plural = "rejected fixes"
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["organization", "-received_at"], name="rejected_org_received"),
            models.Index(fields=["organization", "reason"], name="rejected_org_reason"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "entry_index"], name="rejected_once_per_entry")
        ]

    def __str__(self) -> str:
        return f"{self.device}: {self.reason}"


class IngestReceipt(TenantModel):
    """What became of one stream entry of a counted run (a replay).

    Written in the transaction that stores the entry's fixes, so the counts of a run are exact
    even when a pipeline dies and the entry is processed again.
    """

    run = models.UUIDField()
    entry = models.CharField(max_length=64)
    stored = models.PositiveIntegerField()
    duplicates = models.PositiveIntegerField()
    rejected = models.JSONField(default=dict, help_text="Count by reason.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "entry"], name="receipt_once_per_entry")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.entry}"
