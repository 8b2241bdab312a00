"""What is it worth?"""
