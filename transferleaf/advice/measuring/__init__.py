"""What is measured of photos and a network, for the evidence that advice rests on."""
