"""How the numbers are shown: pages, commands, board packs."""
