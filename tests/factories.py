"""Records with believable defaults. Every factory needs `organization`; nothing crosses over."""

from typing import Any, TypeVar

import factory

from fleet.accounts.scope import platform_scope
from fleet.accounts.tenancy import TenantModel
from vehicles.models import Device, Driver, Vehicle, VehicleClass

T = TypeVar("T", bound=TenantModel)


class TenantFactory(factory.django.DjangoModelFactory[T]):
    """Creates in the platform scope: a test's own scope must not decide what can be set up."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **kwargs: Any) -> Any:
        with platform_scope():
            return super()._create(model_class, *args, **kwargs)


class VehicleFactory(TenantFactory[Vehicle]):
    class Meta:
        model = Vehicle

    number = factory.Sequence(lambda n: f"T-{n + 100}")
    plate = factory.Sequence(lambda n: f"FLT {n:04d}")
    make = "Volvo"
    model = "FH"
    year = 2022
    vehicle_class = VehicleClass.TRACTOR


class DeviceFactory(TenantFactory[Device]):
    class Meta:
        model = Device

    unique_id = factory.Sequence(lambda n: f"35630704{n:07d}")


class DriverFactory(TenantFactory[Driver]):
    class Meta:
        model = Driver

    name = factory.Faker("name")
