"""What a star's photo must be like to come into the gallery."""

from pydantic import BaseModel, ConfigDict, Field


class Gates(BaseModel):
    """What a star's photo must be like to come into the gallery.

    The figures were measured by making 110 official portraits worse step by step: at these values
    an embedding is about 0.05 farther from the same person's on another photo (0.36 on average).
    Roll does not matter to the embedding up to 40°; yaw is less than 0.24 in 1,100 official
    portraits, and half profiles begin there.
    """

    model_config = ConfigDict(frozen=True)

    gate_min_side: int = Field(80, ge=0, description="Pixels of the shorter side, at least.")
    gate_max_rival: float = Field(
        0.7, gt=0, description="The second face's size in sizes of the main one, at most."
    )
    gate_min_eyes: float = Field(
        20, ge=0, description="Pixels from the middle of one eye to that of the other, at least."
    )
    gate_max_roll: float = Field(
        45, ge=0, le=180, description="Degrees that the head is tilted, at most."
    )
    gate_max_yaw: float = Field(
        0.25,
        ge=0,
        description="How far the nose is off the middle between the eyes, in distances between "
        "the eyes, at most: half profiles begin there.",
    )
    gate_min_brightness: float = Field(
        25, ge=0, le=255, description="The face's mean brightness, 0 to 255, at least."
    )
    gate_max_brightness: float = Field(
        220, ge=0, le=255, description="The face's mean brightness, at most."
    )
    gate_min_contrast: float = Field(
        20, ge=0, le=255, description="From the face's darkest 5% to its brightest 5%, at least."
    )
    gate_min_sharpness: float = Field(
        0.05, ge=0, description="The finest detail's share of the face's contrast, at least."
    )
