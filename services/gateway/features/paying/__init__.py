"""Paying for a place: how much and to whom, coupons, the photo of the receipt."""
