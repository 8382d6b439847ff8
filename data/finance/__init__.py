"""Money models: what spend is for."""
