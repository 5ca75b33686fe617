"""The hub of a classroom on one machine. `classroom.py` lays this file beside the settings and starts the hub."""

import json
from pathlib import Path

c = get_config()  # noqa: F821 (JupyterHub defines it)

HUB = Path(__file__).resolve().parent
settings = json.loads((HUB / "settings.json").read_text(encoding="utf-8"))
folder, course = HUB.parent, settings["course"]
course_folder = settings["course_folder"]
port = settings["port"]
instructors, learners = set(settings["instructors"]), set(settings["learners"])
environment = folder / "environment"
PATH = f"{environment}/bin:/usr/local/bin:/usr/bin:/bin"


def settings_of_jupyter(role):
    """Where the servers of a role find their settings: what the role's JupyterLab offers, and nbgrader's exchange."""
    return f"{folder}/settings/{role}:{folder}/settings"


# Who may log in: accounts of this machine, with their passwords. For Moodle or Canvas see docs/operator.md.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_users = instructors | learners
c.Authenticator.allow_existing_users = False  # who is no longer in the settings can no longer log in

# Everybody's server runs under the own account, in the own home.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = [f"{environment}/bin/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.environment = {
    "PATH": PATH,
    "JUPYTER_CONFIG_PATH": lambda spawner: settings_of_jupyter(
        "instructor" if spawner.user.name in instructors else "learner"
    ),
}

c.Spawner.server_token_scopes = [  # as far as the person has them: the Course List of instructors asks for the last one
    "users:activity!user",
    "access:servers!server",
    f"access:services!service={course}",
]

# The formgrader is one more server. It runs under the account that owns the course; only instructors may open it.
c.JupyterHub.services = [
    {
        "name": course,
        "url": f"http://127.0.0.1:{port + 3}",
        "command": [f"{environment}/bin/jupyterhub-singleuser", f"--ServerApp.root_dir={course_folder}"],
        "user": settings["grader"],
        "cwd": course_folder,
        "environment": {
            "PATH": PATH,
            "PYTHONPATH": course_folder,  # the grading side, with its assignments, is in the course's folder alone
            "JUPYTER_CONFIG_PATH": settings_of_jupyter("grader"),
        },
        "oauth_no_confirm": True,
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "formgrader",
        "users": sorted(instructors),
        "scopes": [f"access:services!service={course}", "list:services", f"read:services!service={course}"],
    }
]

# One machine: nothing but the proxy's port can be reached from elsewhere.
c.JupyterHub.bind_url = f"http://{settings['address']}:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [str(folder / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(HUB / "proxy.pid")

# What outlives a restart.
c.JupyterHub.cookie_secret_file = str(HUB / "cookie_secret")
c.JupyterHub.db_url = settings["hub_db"] or f"sqlite:///{HUB}/jupyterhub.sqlite"

# What an operator adds or changes: another way to log in, TLS, limits.
if (HUB / "own_config.py").is_file():
    load_subconfig("own_config.py", path=str(HUB))  # noqa: F821 (JupyterHub defines it)
