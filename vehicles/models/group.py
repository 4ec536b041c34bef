import pghistory
from django.db import models

from fleet.accounts.tenancy import TenantModel


@pghistory.track()
class VehicleGroup(TenantModel):
    """A named set of vehicles: a depot, a contract, a team."""

    name = models.CharField(max_length=80)
    vehicles: "models.ManyToManyField[models.Model, models.Model]" = models.ManyToManyField(
        "vehicles.Vehicle", through="VehicleGroupMember", related_name="groups"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="vehicle_group_name_once",
                violation_error_message="Another group has this name already.",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="vehicle_group_org_id"),
        ]

    def __str__(self) -> str:
        return self.name


class VehicleGroupMember(TenantModel):
    """One vehicle in one group."""

    group = models.ForeignKey(VehicleGroup, on_delete=models.CASCADE, related_name="members")
    vehicle = models.ForeignKey(
        "vehicles.Vehicle", on_delete=models.CASCADE, related_name="group_members"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "vehicle"],
                name="vehicle_group_member_once",
                violation_error_message="The vehicle is in this group already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} in {self.group}"
