"""The files of a classroom on Kubernetes, as far as they can be tried without a cluster."""

from types import SimpleNamespace

import kubernetes_validate
import pytest
import yaml
from traitlets.config import Config

FOLDER = "deploy/kubernetes"
GRADER, INSTRUCTOR, ADA = "rnn-grader", "rnn-instructor", "rnn-ada"


@pytest.fixture(scope="module")
def values(root):
    return yaml.safe_load((root / FOLDER / "values.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifests(root):
    documents = yaml.safe_load_all((root / FOLDER / "classroom.yaml").read_text(encoding="utf-8"))
    return {one["kind"]: one for one in documents}


@pytest.fixture
def spawner(values, monkeypatch):
    """Give the servers that the hub would start: by the name and the number of a person."""
    monkeypatch.setenv("PGPASSWORD", "secret")
    config = Config()
    exec(compile(values["hub"]["extraConfig"]["classroom"], "values.yaml", "exec"), {"c": config})
    assert list(config) == ["KubeSpawner"]
    settings = config.KubeSpawner

    def made(name, number):
        image = "{name}:{tag}".format(**values["singleuser"]["image"])
        server = SimpleNamespace(user=SimpleNamespace(name=name, id=number), environment={}, image=image)
        settings.pre_spawn_hook(server)
        for numbered in ("uid", "gid", "fs_gid"):
            setattr(server, numbered, settings[numbered](server))
        return server

    return made


def test_manifests_are_as_kubernetes_defines_them(manifests):
    assert set(manifests) == {"PersistentVolumeClaim", "Job", "NetworkPolicy"}
    for one in manifests.values():
        kubernetes_validate.validate(one, kubernetes_validate.latest_version(), strict=True)


def test_only_the_grader_has_the_course_the_gradebook_and_rights(spawner, root):
    grader, ada, instructor = spawner(GRADER, 7), spawner(ADA, 1), spawner(INSTRUCTOR, 2)
    assert grader.privileged and "/rnn-grader:" in grader.image and grader.environment["PGPASSWORD"] == "secret"
    for person, role in ((ada, "learner"), (instructor, "instructor")):
        assert vars(person).keys() == {"user", "environment", "image", "uid", "gid", "fs_gid"}
        assert person.image == "REGISTRY/rnn-learner:TAG"
        assert person.environment == {"JUPYTER_CONFIG_PATH": f"/srv/settings/{role}:/srv/settings"}
        assert (root / "deploy" / "settings" / role).is_dir()


def test_everybody_has_a_number_that_the_images_know(spawner, manifests, root):
    numbers = [spawner(name, number).uid for name, number in ((GRADER, 7), (ADA, 1), ("rnn-ben", 2))]
    assert numbers == [20000, 20001, 20002]
    assert "seq 20000 29999" in (root / FOLDER / "Dockerfile").read_text(encoding="utf-8")
    (container,) = manifests["Job"]["spec"]["template"]["spec"]["containers"]
    assert "chown -R 20000:20000 recurrent_networks" in container["command"][-1]


def test_the_files_fit_each_other(values, manifests, root):
    (volume,) = values["singleuser"]["storage"]["extraVolumes"]
    (mount,) = values["singleuser"]["storage"]["extraVolumeMounts"]
    dockerfile = (root / FOLDER / "Dockerfile").read_text(encoding="utf-8")
    assert volume["persistentVolumeClaim"]["claimName"] == manifests["PersistentVolumeClaim"]["metadata"]["name"]
    assert volume["name"] == mount["name"] and dockerfile.count(f'c.Exchange.root = "{mount["mountPath"]}"') == 2
    assert manifests["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == {"hub.jupyter.org/username": GRADER}


def test_only_instructors_reach_the_formgrader(values):
    people = values["hub"]["config"]["Authenticator"]
    assert people["blocked_users"] == [GRADER] and {GRADER, INSTRUCTOR} <= set(people["allowed_users"])
    (role,) = values["hub"]["loadRoles"].values()
    assert role["users"] == [INSTRUCTOR] and all(scope.endswith(f"!user={GRADER}") for scope in role["scopes"])
