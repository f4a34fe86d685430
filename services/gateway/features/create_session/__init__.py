"""The organiser's conversation that opens a session: venue, day, time, length, format, squad,
price, places, approval. The venue comes first because days and times are its own zone's."""
