"""The feature store: outputs of a frozen network for each photo, on disk.

These modules do not import TensorFlow or Keras. Rows are plain numbers.
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
