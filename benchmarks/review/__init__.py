"""What a review finds among planted wrong labels, and which new photos are worth a label."""
