"""How good the advice is: policies run for real on many data sets, beside what was advised."""
