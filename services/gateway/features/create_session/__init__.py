"""The organiser's conversation that opens a session: venue, day, time, length, format, price,
places. The venue comes first because days and times are its own zone's."""
