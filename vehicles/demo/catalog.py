"""What the demo fleet is made of. Makes and models are real; numbers, plates and people are not."""

from dataclasses import dataclass

from vehicles.models import Fuel, Skill, VehicleClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A run of like vehicles."""

    count: int
    prefix: str
    vehicle_class: VehicleClass
    models: tuple[tuple[str, str, str], ...]
    """Make, model and the first eight characters of its VINs."""
    fuel: Fuel = Fuel.DIESEL
    gvwr_kg: int
    payload_kg: int | None = None
    volume_m3: float | None = None
    pallets: int | None = None
    seats: int | None = None
    skills: tuple[Skill, ...] = ()
    """Every third vehicle of the run has them."""


KINDS = (
    Kind(count=20, prefix="V", vehicle_class=VehicleClass.VAN, gvwr_kg=3_900, payload_kg=1_500,
         volume_m3=11.5, pallets=3, models=(("Ford", "Transit 250", "1FTBR1C8"),
         ("Mercedes-Benz", "Sprinter 2500", "W1Y4KCHY"), ("RAM", "ProMaster 2500", "3C6LRVCG"))),
    Kind(count=4, prefix="E", vehicle_class=VehicleClass.VAN, fuel=Fuel.ELECTRIC, gvwr_kg=4_300,
         payload_kg=1_200, volume_m3=11.5, pallets=3, models=(("Ford", "E-Transit", "1FTBW9CK"),)),
    Kind(count=12, prefix="B", vehicle_class=VehicleClass.BOX_TRUCK, gvwr_kg=11_800,
         payload_kg=5_400, volume_m3=38.0, pallets=12,
         models=(("Isuzu", "NPR-HD", "JALC4W16"), ("Freightliner", "M2 106", "3ALACWFC")),
         skills=(Skill.TAIL_LIFT, Skill.REEFER)),
    Kind(count=10, prefix="T", vehicle_class=VehicleClass.TRACTOR, gvwr_kg=36_300,
         payload_kg=20_400, volume_m3=100.0, pallets=26,
         models=(("Freightliner", "Cascadia", "3AKJHHDR"), ("Volvo", "VNL 760", "4V4NC9EH"),
                 ("Kenworth", "T680", "1XKYD49X")), skills=(Skill.HAZMAT,)),
    Kind(count=9, prefix="C", vehicle_class=VehicleClass.CAR, fuel=Fuel.HYBRID, gvwr_kg=2_100,
         seats=5, models=(("Toyota", "RAV4 Hybrid", "4T3RWRFV"), ("Ford", "Escape", "1FMCU0BZ"))),
    Kind(count=5, prefix="S", vehicle_class=VehicleClass.BUS, fuel=Fuel.CNG, gvwr_kg=15_000,
         seats=34, models=(("Gillig", "Low Floor 35", "15GGB271"),)),
)  # fmt: skip

GROUPS = ("North depot", "City deliveries", "Long haul")

FIRST_NAMES = (
    "Alma", "Ben", "Carla", "Dwayne", "Elena", "Frank", "Grace", "Hector", "Irene", "Jamal",
    "Karen", "Luis", "Mara", "Nathan", "Olga", "Pedro", "Quinn", "Rosa", "Sam", "Tessa",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Brandt", "Castillo", "Dixon", "Ebert", "Flores", "Garner", "Hoang", "Ibarra",
    "Jensen", "Keller", "Lopez", "Morris", "Novak", "Okafor", "Peters", "Quintero", "Reyes",
)  # fmt: skip
