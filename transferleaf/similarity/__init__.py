"""Similarity of photos to the photos that a network was pretrained on, measured at each stage.

``batch_norm_inputs`` compares the statistics that batch normalisation has stored with those of the
photos. Networks without batch norm are compared with ``synthetic_photos`` instead.
"""
