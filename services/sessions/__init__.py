"""Sessions are booked evenings of football: venues, places, the waitlist.

Never chat conversations (the gateway's) nor database sessions (transactions, in the chassis).
"""
