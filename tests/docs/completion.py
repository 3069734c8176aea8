"""Makes of a block of YAML a configuration that `realpeer check` can judge as a whole, with the files that it names."""

import pathlib
import re
import subprocess

import yaml

import pages


def is_ours(block):
    """Manifests and settings of other programs are not."""
    documents = yaml.load_all(block.text, yaml.BaseLoader)
    return not any(isinstance(root, dict) and {"apiVersion", "kind"} & root.keys() for root in documents)


def targets_of(route):
    """The names of backends in a route, at whatever depth."""
    if isinstance(route, str):
        return {route} - {"reject"}
    if isinstance(route, list):
        return set().union(*(targets_of(rule) for rule in route))
    kept = {key: value for key, value in route.items() if key not in ("host", "path", "redirect", "timeout")}
    return set().union(*(targets_of(value) for value in kept.values()))


def completed(text):
    """A fragment about listeners gets the backends that they name; any other, a listener for each backend, or both."""
    root = yaml.load(text, yaml.BaseLoader)
    if "backends" not in root:
        listeners = root.get("listeners", [])
        names = set().union(*(targets_of(listener["route"]) for listener in listeners)) or {"completed"}
        text += "\nbackends:\n" + "".join(f"  {name}: {{ endpoints: ['127.0.0.1:1'] }}\n" for name in sorted(names))
        root = yaml.load(text, yaml.BaseLoader)
    if "listeners" not in root:
        text += "\nlisteners:\n" + "".join(
            f"  - {{ name: completed-{i}, bind: '127.0.0.1:{2000 + i}', route: {{ backend: {name} }} }}\n"
            for i, name in enumerate(root["backends"]))
    return text


def write_certificate(certificate, key):
    for path in (certificate, key):
        path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "90", "-subj", "/CN=example.com", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)


def write_configuration(text, folder, name="realpeer.yaml"):
    """Writes it into `folder`, with certificates and a token where it names some; absolute paths lead into `folder`."""
    folder = pathlib.Path(folder)
    text = re.sub(r"((?:certificate|key|token_file): *[\"']?)/", rf"\1{folder}/", text)
    for certificate, key in re.findall(r"certificate: *[\"']?([^\s,\"'}]+)[\"']?,?\s+key: *[\"']?([^\s,\"'}]+)", text):
        write_certificate(folder / certificate, folder / key)
    for token in re.findall(r"token_file: *[\"']?([^\s,\"'}]+)", text):
        (folder / token).parent.mkdir(parents=True, exist_ok=True)
        (folder / token).write_text("0123456789abcdef\n")
    path = folder / name
    path.write_text(text)
    return path


def check(path):
    """Runs `realpeer check`, in the configuration's folder."""
    return subprocess.run([pages.REALPEER, "check", "--config", path.name], cwd=path.parent, capture_output=True,
                          text=True, timeout=60)
