from __future__ import annotations

import numpy as np

from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine


def test_it_follows_the_weights_of_the_live_network(two_outputs, photos):
    engine = TensorFlowEngine(two_outputs)
    list(engine.run([photos(3)]))

    for variable in two_outputs.variables:
        variable.assign(variable * 0)
    ((pooled, _),) = engine.run([photos(3)])

    np.testing.assert_array_equal(pooled, 0)
