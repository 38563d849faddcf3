"""How people get in: passwords, second factors, sign-ins that can be ended, and a limit on wrong tries."""
