"""What happens?"""
