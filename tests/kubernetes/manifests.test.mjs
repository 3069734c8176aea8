// The manifests as kubectl renders them: valid for the API server, and what the pod's parts must agree on. Run by
// `node --test`; REALPEER_KUBERNETES is the folder that prepare.sh has filled.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";

const packages = createRequire(path.join(process.env.REALPEER_KUBERNETES_PACKAGES, "package.json"));
const yaml = packages("yaml");
const prepared = process.env.REALPEER_KUBERNETES;
const source = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../..");

const read = (overlay) =>
  yaml.parseAllDocuments(fs.readFileSync(path.join(prepared, `${overlay}.yaml`), "utf8")).map((each) => each.toJS());
const overlays = { edge: read("edge"), production: read("production") };
const find = (overlay, kind) => overlays[overlay].find((manifest) => manifest.kind === kind);
const podOf = (overlay) => find(overlay, "DaemonSet").spec.template.spec;
const gatewayOf = (overlay) => podOf(overlay).containers[0];
const configurationOf = (overlay) => yaml.parse(find(overlay, "ConfigMap").data["realpeer.yaml"]);

// Of each kind the package that has its schema, as a validator that Ajv made of it, and as a type.
const kinds = {
  ConfigMap: "kubernetes-models/v1/ConfigMap",
  DaemonSet: "kubernetes-models/apps/v1/DaemonSet",
  Namespace: "kubernetes-models/v1/Namespace",
  NetworkPolicy: "kubernetes-models/networking.k8s.io/v1/NetworkPolicy",
  Service: "kubernetes-models/v1/Service",
  ServiceAccount: "kubernetes-models/v1/ServiceAccount",
  ServiceMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor",
};

// What does not hold, in words; nothing where the API server would take it.
function problems(manifest) {
  const Model = packages(kinds[manifest.kind])[manifest.kind];
  if (manifest.apiVersion !== Model.apiVersion) return `${manifest.apiVersion} is not ${Model.apiVersion}`;
  try {
    new Model(manifest).validate();
    return "";
  } catch (error) {
    return error.message;
  }
}

// Schemas of Kubernetes let unknown fields pass, and so would a misspelt one: the types do not.
function strangeFields(manifests) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "realpeer-manifests-"));
  try {
    fs.symlinkSync(path.join(process.env.REALPEER_KUBERNETES_PACKAGES, "node_modules"), path.join(folder, "node_modules"));
    const lines = manifests.map(
      (manifest, number) =>
        `import type { I${manifest.kind} as T${number} } from "${kinds[manifest.kind]}";\n` +
        `export const m${number}: T${number} = ${JSON.stringify(manifest)};\n`,
    );
    fs.writeFileSync(path.join(folder, "manifests.ts"), lines.join(""));
    const compiler = packages.resolve("typescript/bin/tsc");
    const done = spawnSync(process.execPath, [compiler, "--noEmit", "--strict", "--skipLibCheck", "--moduleResolution",
      "node10", "--ignoreDeprecations", "5.0", "manifests.ts"], { cwd: folder, encoding: "utf8" });
    return done.status === 0 ? "" : done.stdout + done.stderr;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

for (const overlay of Object.keys(overlays)) {
  test(`${overlay}: each manifest is one its API knows`, () => {
    assert.deepEqual(
      overlays[overlay].map((manifest) => [manifest.kind, manifest.metadata.name, problems(manifest)]),
      overlays[overlay].map((manifest) => [manifest.kind, manifest.metadata.name, ""]),
    );
    assert.equal(strangeFields(overlays[overlay]), "");
  });

  test(`${overlay}: everything is there`, () => {
    const found = new Set(overlays[overlay].map((manifest) => manifest.kind));
    assert.deepEqual([...found].sort(), Object.keys(kinds).sort());
  });

  test(`${overlay}: the configuration is found where the pod looks for it, under a name that stays`, () => {
    const projected = podOf(overlay).volumes.find(({ name }) => name === "configuration").projected;
    assert.equal(projected.sources[0].configMap.name, find(overlay, "ConfigMap").metadata.name);
    const mount = gatewayOf(overlay).volumeMounts.find(({ name }) => name === "configuration");
    assert.equal(mount.subPath, undefined, "a file that is mounted by itself never changes");
    assert.ok(gatewayOf(overlay).args.includes(`${mount.mountPath}/realpeer.yaml`));
    const projects = projected.sources.flatMap((each) => (each.secret?.items ?? []).map((item) => item.path));
    assert.ok(projects.includes(configurationOf(overlay).admin.token_file));
  });

  test(`${overlay}: connections have their time before the pod is killed`, () => {
    const drain = /^(\d+)m$/.exec(configurationOf(overlay).timeouts.drain);
    assert.ok(podOf(overlay).terminationGracePeriodSeconds > drain[1] * 60);
  });

  test(`${overlay}: a second pod can be scheduled beside the first`, () => {
    const { updateStrategy } = find(overlay, "DaemonSet").spec;
    assert.deepEqual(updateStrategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
    for (const container of [...podOf(overlay).initContainers, ...podOf(overlay).containers]) {
      assert.equal(container.ports, undefined, "with hostNetwork each is a port of the host");
    }
  });

  test(`${overlay}: probes and Prometheus ask where the admin listener is`, () => {
    const port = Number(configurationOf(overlay).admin.bind.split(":").at(-1));
    const { startupProbe, readinessProbe, livenessProbe } = gatewayOf(overlay);
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) assert.equal(probe.httpGet.port, port);
    const [servicePort] = find(overlay, "Service").spec.ports;
    assert.equal(servicePort.targetPort, port);
    const [endpoint] = find(overlay, "ServiceMonitor").spec.endpoints;
    assert.equal(endpoint.port, servicePort.name);
    assert.deepEqual(find(overlay, "ServiceMonitor").spec.selector.matchLabels, find(overlay, "Service").metadata.labels);
    const labels = find(overlay, "DaemonSet").spec.template.metadata.labels;
    assert.deepEqual(find(overlay, "Service").spec.selector, labels);
  });

  test(`${overlay}: the pod allows the capabilities that the program's file has, and no others`, () => {
    const dockerfile = fs.readFileSync(path.join(source, "scripts/deploy/Dockerfile"), "utf8");
    const inFile = /setcap (\S+)=ep/.exec(dockerfile)[1].split(",");
    const { capabilities } = gatewayOf(overlay).securityContext;
    assert.deepEqual(capabilities.add.map((name) => `cap_${name.toLowerCase()}`).sort(), inFile.sort());
    assert.deepEqual(capabilities.drop, ["ALL"]);
  });

  test(`${overlay}: the image is the one that scripts/deploy/image.sh builds, for the user it has`, () => {
    const version = /^project\(realpeer VERSION (\S+)/m.exec(fs.readFileSync(path.join(source, "CMakeLists.txt"), "utf8"))[1];
    for (const { image } of [...podOf(overlay).initContainers, ...podOf(overlay).containers]) {
      assert.equal(image, `localhost/realpeer:${version}`);
    }
    const config = JSON.parse(fs.readFileSync(path.join(prepared, "image/config.json"), "utf8"));
    const { runAsUser, runAsGroup } = gatewayOf(overlay).securityContext;
    assert.equal(config.User, `${runAsUser}:${runAsGroup}`);
    assert.deepEqual(config.Entrypoint, ["/usr/bin/realpeer"]);
  });
}

test("the edge sends what production believes", () => {
  const edge = configurationOf("edge");
  const ports = configurationOf("production").listeners.map((listener) => listener.bind.split(":").at(-1));
  for (const backend of Object.values(edge.backends)) {
    assert.equal(backend.identity, "proxy-v2");
    for (const endpoint of backend.endpoints) assert.ok(ports.includes(endpoint.split(":").at(-1)), endpoint);
  }
  for (const listener of configurationOf("production").listeners) assert.equal(listener.accept_proxy, "strict");
});

// The check itself: it is worth what it finds.
test("a misspelt field, a wrong type and an unknown version are found", () => {
  const spoilt = (change) => {
    const manifest = structuredClone(find("edge", "DaemonSet"));
    change(manifest);
    return manifest;
  };
  assert.match(problems(spoilt((each) => (each.spec.minReadySeconds = "ten"))), /minReadySeconds/);
  assert.match(problems(spoilt((each) => delete each.spec.selector)), /selector/);
  assert.match(problems(spoilt((each) => (each.apiVersion = "extensions/v1beta1"))), /apps\/v1/);
  assert.match(strangeFields([spoilt((each) => (each.spec.template.spec.hostnetwork = true))]), /hostnetwork/);
  const monitor = structuredClone(find("edge", "ServiceMonitor"));
  monitor.spec.endpoints[0].intervall = "15s";
  assert.match(strangeFields([monitor]), /intervall/);
});
