"""Moving in: the original bot's database brought into this one, over the services' import calls.

The old database is only read, in one snapshot; everything written is written by its owner, once
for each old row, so that a move may be broken off and begun again.
"""
