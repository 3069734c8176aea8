// What the kubelet and a container runtime make of a pod, for one node of a test's own: the volumes, as files of a
// directory that stands for the node's root, and an OCI bundle of each container. Everything is read from the rendered
// DaemonSet and the image, so that neither can differ from what is run.
//
// Usage: node kubelet.mjs --manifests FILE --image DIR --node DIR [--host NAME] [--seccomp FILE]
//   FILE   what `kubectl kustomize` prints, or the same with a changed ConfigMap: then the volumes are swapped
//   DIR    of the image: rootfs/ and config.json; of the node: secrets/NAME/KEY are the cluster's Secrets, and
//          sys/fs/bpf and sys/fs/cgroup stand there already. Writes bundles/CONTAINER/config.json
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const packages = createRequire(path.join(process.env.REALPEER_KUBERNETES_PACKAGES, "package.json"));
const yaml = packages("yaml");

const { values: given } = parseArgs({
  options: {
    manifests: { type: "string" },
    image: { type: "string" },
    node: { type: "string" },
    host: { type: "string", default: "node" },
    seccomp: { type: "string", default: "/usr/share/containers/seccomp.json" },
  },
});

const manifests = yaml.parseAllDocuments(fs.readFileSync(given.manifests, "utf8")).map((document) => document.toJS());
const find = (kind, name) => manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
const pod = manifests.find((manifest) => manifest.kind === "DaemonSet").spec.template.spec;
const image = JSON.parse(fs.readFileSync(path.join(given.image, "config.json"), "utf8"));
const onNode = (file) => path.join(given.node, file);

// Files of a ConfigMap or Secret, by name.
function keysOf(source) {
  if (source.configMap) return find("ConfigMap", source.configMap.name).data;
  const folder = onNode(`secrets/${source.secret.name}`);
  if (!fs.existsSync(folder)) {
    if (source.secret.optional) return undefined;
    throw new Error(`no secret ${source.secret.name}: the pod would wait for it`);
  }
  return Object.fromEntries(fs.readdirSync(folder).map((key) => [key, fs.readFileSync(path.join(folder, key))]));
}

// As pkg/volume/util/atomic_writer.go: a folder with the time in its name holds the files, the link ..data names that
// folder and is replaced by a rename, and what the container sees are links into ..data.
function project(name, volume) {
  const root = onNode(`volumes/${name}`);
  const stamped = `..${new Date().toISOString().replace(/[^0-9]/g, "_")}${process.pid}`;
  const group = pod.securityContext.fsGroup;
  const own = (file, mode) => {
    fs.chownSync(file, 0, group);
    fs.chmodSync(file, mode);
  };
  fs.mkdirSync(path.join(root, stamped), { recursive: true });
  const before = fs.existsSync(path.join(root, "..data")) ? fs.readlinkSync(path.join(root, "..data")) : undefined;
  for (const source of volume.sources) {
    const keys = keysOf(source);
    if (!keys) continue;
    const { items } = source.configMap ?? source.secret;
    for (const { key, path: to } of items ?? Object.keys(keys).map((each) => ({ key: each, path: each }))) {
      const file = path.join(root, stamped, to);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, keys[key]);
      own(file, volume.defaultMode);
    }
  }
  fs.symlinkSync(stamped, path.join(root, "..data_tmp"));
  fs.renameSync(path.join(root, "..data_tmp"), path.join(root, "..data"));
  for (const entry of fs.readdirSync(path.join(root, stamped))) {
    if (!fs.existsSync(path.join(root, entry))) fs.symlinkSync(`..data/${entry}`, path.join(root, entry));
  }
  if (before) fs.rmSync(path.join(root, before), { recursive: true });
  return root;
}

function provide({ name, hostPath, projected }) {
  if (projected) return project(name, projected);
  const source = onNode(hostPath.path);
  if (hostPath.type === "DirectoryOrCreate") fs.mkdirSync(source, { recursive: true, mode: 0o755 });
  if (!fs.statSync(source).isDirectory()) throw new Error(`${hostPath.path} is no directory of the node`);
  return source;
}

// containerd's RuntimeDefault, from the profile that Debian ships: the two agree but for bpf and perf_event_open, which
// containerd (1.7 and newer) and Docker give to CAP_BPF and CAP_PERFMON, and that profile to CAP_SYS_ADMIN alone.
function runtimeDefault(capabilities) {
  const profile = JSON.parse(fs.readFileSync(given.seccomp, "utf8"));
  const ours = { bpf: "CAP_BPF", perf_event_open: "CAP_PERFMON" };
  const held = (capability) => capabilities.includes(capability);
  const applies = ({ includes = {}, excludes = {} }) =>
    (includes.caps ?? []).every(held) && (includes.arches ?? ["amd64"]).includes("amd64") &&
    !(excludes.caps ?? []).some(held) && !(excludes.arches ?? []).includes("amd64");
  const rules = profile.syscalls
    .filter(applies)
    .map((rule) => ({ ...rule, names: rule.names.filter((name) => !ours[name]) }))
    .filter((rule) => rule.names.length > 0)
    .map(({ names, action, args, errnoRet }) => ({ names, action, args: args ?? [], ...(errnoRet ? { errnoRet } : {}) }));
  const allowed = Object.keys(ours).filter((name) => capabilities.includes(ours[name]));
  if (allowed.length > 0) rules.push({ names: allowed, action: "SCMP_ACT_ALLOW", args: [] });
  return {
    defaultAction: profile.defaultAction,
    defaultErrnoRet: profile.defaultErrnoRet,
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: rules,
  };
}

function capabilitiesOf({ drop = [], add = [] }) {
  if (!drop.includes("ALL")) throw new Error("a runtime's own default capabilities are not known here");
  return add.map((name) => `CAP_${name}`);
}

// pkg/kubelet/kuberuntime and containerd's CRI plugin, for what a pod of this DaemonSet says; anything else it might
// say is refused, so that nothing is lost on the way.
function bundle(container, sources) {
  const security = { seccompProfile: pod.securityContext.seccompProfile, ...container.securityContext };
  const known = ["runAsUser", "runAsGroup", "runAsNonRoot", "readOnlyRootFilesystem", "allowPrivilegeEscalation",
    "capabilities", "seccompProfile"];
  const strange = Object.keys(security).filter((key) => !known.includes(key));
  if (strange.length > 0) throw new Error(`securityContext: ${strange} is not known here`);
  if (security.runAsNonRoot && !(security.runAsUser > 0)) throw new Error("runAsNonRoot, and no user");
  if (!pod.hostNetwork) throw new Error("only pods in the host's network are known here");

  const capabilities = capabilitiesOf(security.capabilities);
  const privileged = security.runAsUser === 0 ? capabilities : [];
  const plain = ["nosuid", "noexec", "nodev"];
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc", options: plain },
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: [...plain, "mode=1777", "size=65536k"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: [...plain, "ro"] },
    // The container's own cgroup, since it is the root of its cgroup namespace.
    { destination: "/sys/fs/cgroup", type: "cgroup2", source: "cgroup", options: [...plain, "ro"] },
    ...container.volumeMounts.map(({ name, mountPath, readOnly }) => ({
      destination: mountPath,
      type: "bind",
      source: sources[name],
      options: ["rbind", "rprivate", readOnly ? "ro" : "rw"],
    })),
    // By dnsPolicy.
    { destination: "/etc/resolv.conf", type: "bind", source: onNode("resolv.conf"), options: ["bind", "ro"] },
  ];
  return {
    ociVersion: "1.0.2",
    hostname: given.host,
    root: { path: path.resolve(given.image, "rootfs"), readonly: Boolean(security.readOnlyRootFilesystem) },
    process: {
      user: { uid: security.runAsUser, gid: security.runAsGroup, additionalGids: [pod.securityContext.fsGroup] },
      args: [...(container.command ?? image.Entrypoint), ...(container.args ?? (container.command ? [] : image.Cmd))],
      env: [...image.Env, `HOSTNAME=${given.host}`],
      cwd: image.WorkingDir || "/",
      noNewPrivileges: !security.allowPrivilegeEscalation,
      capabilities: { bounding: capabilities, permitted: privileged, effective: privileged, inheritable: [], ambient: [] },
    },
    mounts,
    linux: {
      namespaces: ["pid", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type })),
      ...(security.seccompProfile.type === "RuntimeDefault" ? { seccomp: runtimeDefault(capabilities) } : {}),
      maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
}

const sources = Object.fromEntries(pod.volumes.map((volume) => [volume.name, provide(volume)]));
for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
  const folder = onNode(`bundles/${container.name}`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify(bundle(container, sources), null, 2));
}
