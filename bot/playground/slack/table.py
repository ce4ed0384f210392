"""All methods of the Web API by name."""

from . import files, methods, preview, rooms, schedule
from .offer import Method

METHODS: dict[str, Method] = {
    **methods.METHODS,
    **rooms.METHODS,
    **files.METHODS,
    **schedule.METHODS,
    **preview.METHODS,
}
