#!/usr/bin/env python3
"""Holds the rows about Kubernetes against its decoder and its pod security admission.

    scripts/truth/kubernetes.py [FOLDER]

Needs Go; builds scripts/truth/kubernetes in FOLDER (else a temporary one), prints how many rows agree, and fails if one
does not that gives no reason (`differs`).
"""
import json, os, pathlib, shutil, subprocess, sys, tempfile, tomllib

VERSION = "v0.37.2"
HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parent.parent / "tests/it/servers/kubernetes.toml"
# What pod security admission calls what a rule is about, by level.
REFUSED = {
    "k8s/privileged": ("baseline", ["privileged", "hostProcess"]),
    "k8s/host-namespaces": ("baseline", ["host namespaces"]),
    "k8s/cap-add": ("baseline", ["non-default capabilities"]),
    "k8s/security-profile-off": ("baseline", ["procMount", "seLinuxOptions", "seccompProfile",
                                              "forbidden AppArmor profile", "forbidden AppArmor profiles"]),
    "k8s/unsafe-sysctl": ("baseline", ["forbidden sysctls"]),
    "k8s/host-port": ("baseline", ["hostPort"]),
    "k8s/cap-drop": ("restricted", ["unrestricted capabilities"]),
    "k8s/allow-privilege-escalation": ("restricted", ["allowPrivilegeEscalation != false"]),
}


def containers(pod):
    for key in ("containers", "initContainers", "ephemeralContainers"):
        yield from pod.get(key) or []


def pod_of(decoded):
    spec = decoded.get("spec") or {}
    if decoded.get("template"):
        return decoded["template"].get("spec") or {}
    while "containers" not in spec:
        inner = spec.get("template") or spec.get("jobTemplate")
        if not inner:
            return spec
        spec = inner.get("spec") or {}
    return spec


def amount(text):
    digits = str(text).rstrip("KMGTPEikmn")
    return float(digits or 0)


def shows(rule, objects):
    """Whether the programs show what a rule is about; None where they have no say."""
    decoded = [one for one in objects if not one.get("error")]
    if rule in REFUSED:
        level, reasons = REFUSED[rule]
        return any(reason in (one.get(level) or []) for one in decoded for reason in reasons)
    pods = [pod_of(one["decoded"]) for one in decoded]
    if rule == "k8s/run-as-non-root":
        def may_be_root(pod, container):
            own, shared = container.get("securityContext") or {}, pod.get("securityContext") or {}
            user = own.get("runAsUser", shared.get("runAsUser"))
            wants = own.get("runAsNonRoot", shared.get("runAsNonRoot"))
            if wants:  # the kubelet does not start what is root all the same
                return False
            return user in (None, 0)
        return any(may_be_root(pod, it) for pod in pods for it in containers(pod) if (pod.get("os") or {}).get("name") != "windows")
    if rule == "k8s/read-only-rootfs":
        return any(not (it.get("securityContext") or {}).get("readOnlyRootFilesystem") for pod in pods for it in containers(pod)
                   if (pod.get("os") or {}).get("name") != "windows")
    if rule == "k8s/limits":
        limits = [((it.get("resources") or {}).get("limits") or {}).get("memory", 0) for pod in pods for it in containers(pod)]
        return any(amount(limit) == 0 for limit in limits)
    if rule == "k8s/host-path":
        of_volumes = any((one["decoded"].get("spec") or {}).get("hostPath") for one in decoded)
        return of_volumes or any("hostPath volumes" in (one.get("baseline") or []) for one in decoded)
    if rule == "k8s/replicas":
        return any((one["decoded"].get("spec") or {}).get("replicas") == 1 for one in decoded)
    if rule == "k8s/default-namespace":
        return any(one["decoded"]["metadata"].get("namespace") == "default" for one in decoded)
    if rule == "k8s/ingress-tls":
        return any(not one["decoded"]["spec"].get("tls") for one in decoded if one["kind"] == "Ingress")
    return None


def build(folder):
    source = folder / "kubernetes"
    shutil.copytree(HERE / "kubernetes", source, dirs_exist_ok=True)
    program = folder / "kubernetes-truth"
    if not program.exists():
        run = lambda *words: subprocess.run(words, cwd=source, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not (source / "go.mod").exists():
            run("go", "mod", "init", "truth")
            modules = ["api", "apimachinery", "client-go", "pod-security-admission"]
            run("go", "get", *[f"k8s.io/{module}@{VERSION}" for module in modules])
            run("go", "mod", "tidy")
        run("go", "build", "-o", str(program), ".")
    return program


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    table = tomllib.loads(TABLE.read_text())
    around = table.get("around", {})
    texts = [around[row["within"]].replace("%", row["text"]) if "within" in row else row["text"] for row in table["row"]]
    answer = subprocess.run([build(folder)], input=json.dumps(texts), capture_output=True, text=True, check=True)
    agree = differ = silent = 0
    failed = []
    for row, objects in zip(table["row"], json.loads(answer.stdout)):
        wanted = [(rule, True) for rule in row.get("says", "").split()] + [(rule, False) for rule in row.get("not", "").split()]
        verdicts = [(rule, want, shows(rule, objects)) for rule, want in wanted]
        wrong = [(rule, want) for rule, want, seen in verdicts if seen is not None and seen != want]
        if all(seen is None for _, _, seen in verdicts):
            silent += 1
        elif not wrong:
            agree += 1
        elif "differs" in row:
            differ += 1
        else:
            failed.append(f"{row['name']}: {wrong}: {json.dumps(objects)[:400]}")
    print(f"Kubernetes {VERSION}: {agree} of {agree + differ + len(failed)} rows agree; {differ} differ for a reason, "
          f"{silent} are about what the programs do not judge")
    print("\n".join(failed))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
