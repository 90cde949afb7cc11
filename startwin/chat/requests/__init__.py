"""What is asked of the bot: read from updates, and kept until it is answered."""
