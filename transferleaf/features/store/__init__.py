"""The feature store: what a frozen network made of each photo, kept on disk between runs.

Nothing here imports TensorFlow or Keras: rows are numbers, whoever made them.
"""

from transferleaf.features.store.damage import FeatureStoreWarning
from transferleaf.features.store.feature_store import FeatureStore, SpaceUsage, StoreUsage
from transferleaf.features.store.keys import array_keys, file_keys
from transferleaf.features.store.space import FeatureSpace
from transferleaf.features.store.stored_rows import StoredRows
from transferleaf.features.store.writer import SpaceWriter

__all__ = [
    "FeatureSpace",
    "FeatureStore",
    "FeatureStoreWarning",
    "SpaceUsage",
    "SpaceWriter",
    "StoreUsage",
    "StoredRows",
    "array_keys",
    "file_keys",
]
