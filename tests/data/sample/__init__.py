"""Tests of the demo company's story."""
