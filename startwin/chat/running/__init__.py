"""The bot as a program: started, watched, stopped, looked over."""
