#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include "commands/commands.h"

namespace realpeer::commands {
namespace {

struct Topic {
  std::string_view name;
  std::string_view usage;
  std::string_view summary;
  std::string_view text;
};

constexpr std::array topics{
    Topic{"run", "realpeer run --config FILE [--threads N] [--watch] [--take_over] [--runtime_dir DIR]",
          "run the gateway in the foreground",
          "SIGTERM or SIGINT: accept no more, let connections end for up to timeouts.drain, then stop;\n"
          "a second one stops now. SIGHUP: reload, as `realpeer reload` does; --watch does so when the configuration\n"
          "or a file that it names changes. --take_over: where a daemon of this node runs, its listening sockets are\n"
          "taken over, and it drains. --runtime_dir holds the control socket, NODE.sock. SIGUSR1: log the state of "
          "backends, and open\n"
          "log.access anew, for whoever renamed it. The access log goes to stdout, one JSON object per connection, or "
          "to\n"
          "log.access; everything else to stderr. Without root or BPF connections are relayed in userspace.\n"},
    Topic{"check", "realpeer check --config FILE [--json]", "validate a configuration and point out likely mistakes",
          "Prints FILE:LINE: error|warning: TEXT. Exits 2 on any error, else 0.\n"},
    Topic{"decode",
          "realpeer decode [--hex H | FILE | -] [--max_header N | --sni]\n"
          "realpeer decode --pcap FILE | -  [--port N] [--max_header N] [--json]",
          "read a PROXY protocol header, a TLS ClientHello, or the headers in a capture",
          "Prints the header as JSON. Exits 0 when it is whole and good, 1 when it is refused or more is\n"
          "needed, 2 when the input cannot be read. Example:\n"
          "  realpeer decode --hex 50524f585920554e4b4e4f574e0d0a\n"
          "With --sni it reads a TLS ClientHello and prints the server name and the ALPN protocols it asks\n"
          "for; a hello that names no server is good as well.\n"
          "With --pcap it reads a capture (pcap or pcapng) and prints, for each TCP connection in it, the header\n"
          "that began the client's side, or what stood there instead; live as well, as soon as it is known:\n"
          "  tcpdump -U -i lan0 -w - tcp port 9000 | realpeer decode --pcap - --port 9000\n"
          "Results: accept, local, reject, need_more (the header is not complete in the capture), nothing (the\n"
          "client sent no byte), unknown (the capture begins in the middle of the connection). What was read and\n"
          "what was passed over stands on stderr at the end. Exits 1 when a connection that had bytes did not\n"
          "begin with a good header; unknown ones do not count. Headers may be as long as there are unless\n"
          "--max_header is given.\n"},
    Topic{"doctor", "realpeer doctor [--config FILE] [--json]", "say what this host can do, and what is missing",
          "Tries the kernel path for real. Each \"no\" comes with its cause and its remedy. Exits 1 when\n"
          "something is missing that the gateway (or FILE) would use.\n"},
    Topic{"status", "realpeer status [--admin ADDR | --config FILE] [--token_file FILE] [--json]",
          "show a running daemon: listeners, refusals and their remedies, backends",
          "Asks the daemon's admin listener: at ADDR (127.0.0.1:9901, HOST:PORT, unix:/PATH), or the one that\n"
          "FILE configures, or the one at 127.0.0.1:9901. --token_file names the file with its token, where it\n"
          "asks for one. --json prints its /listeners, /backends and /refusals as one object. Exits 1 when it\n"
          "does not answer.\n"},
    Topic{"top", "realpeer top [--admin ADDR | --config FILE] [--token_file FILE] [--interval 2s] [--count N]",
          "watch a running daemon: rates of listeners, backends and connections",
          "Finds the daemon as `realpeer status` does. On a terminal: q ends it, p pauses it, s puts the busiest\n"
          "connections first. Without one, or with --count, it prints what has changed after each interval.\n"},
    Topic{"whois", "realpeer whois ADDR:PORT [--json]", "name the real client behind a connection to a backend",
          "ADDR:PORT is the peer as the backend sees it. Reads the pinned map; needs root, but no answer from\n"
          "the daemon. Exits 1 when no open connection comes from there.\n"},
    Topic{"trace",
          "realpeer trace HOST:PORT --hop [NAME=]ADMIN [--hop …] [--send WHAT] [--server_name NAME] [--ask PATH] "
          "[--timeout 5s] [--json]",
          "connect through a chain, and say which hop lost the client's address",
          "Opens a connection to HOST:PORT, where clients connect, and asks each hop's admin listener what it\n"
          "knows of it: who connected, whom it claims to speak for, who is believed, and what goes on to the\n"
          "next. Names the first hop that lost the address, and the setting that mends it. Hops in order, the\n"
          "first one first: 127.0.0.1:9901, unix:/PATH, edge=10.0.0.1:9901, with the token of its own behind it\n"
          "prod=10.0.0.2:9901@/etc/realpeer/token. NAME=- is a hop that is no realpeer.\n"
          "--send none|tls|http|https is what is said; by default what the hops' listeners want to hear.\n"
          "--ask PATH is a page that shows the client's address, as whoami pages do: then the backend is asked,\n"
          "too. Exits 0 when every hop knows the client, 1 when one does not. Example:\n"
          "  realpeer trace git.example.com:443 --hop edge=10.0.0.1:9901 --hop 10.0.0.2:9901 --token_file token\n"},
    Topic{"ban", "realpeer ban list | add ADDR [--duration 1h] | remove ADDR   [--node NAME] [--json]",
          "list, impose and lift bans of a running daemon with admission",
          "A ban drops the SYNs of an IPv4 address, or of the /64 of an IPv6 address, on the daemon's\n"
          "interfaces, and refuses its connections elsewhere; connections that are open stay open. Clients\n"
          "that keep exceeding limits.per_client are banned by the daemon (per_client.ban). Needs root.\n"
          "--duration takes 90s, 10m, 1h or `forever`. Bans end with the daemon.\n"},
    Topic{
        "reload", "realpeer reload [--node NAME] [--runtime_dir DIR]",
        "make a running daemon read its configuration again",
        "Listeners, routes, backends, limits, lists, certificates and logs: what connects from then on is served by\n"
        "the new configuration; connections that are open go on. A configuration with an error changes nothing: it is\n"
        "printed. Exits 0 when it is applied, 2 when it was refused, 1 when no daemon was reached.\n"},
    Topic{"upgrade", "realpeer upgrade [--node NAME] [--runtime_dir DIR]",
          "make a running daemon start its program anew and hand over to it",
          "The program that is now at the path the daemon was started from takes over the listening sockets: no\n"
          "connection is refused or lost. The old process keeps its connections until they end, or for\n"
          "timeouts.drain. When the new one does not come up, all goes on as before. Exits as reload does.\n"},
    Topic{"setup", "realpeer setup transparent --print | --apply | --undo",
          "make this host ready for `identity: transparent`",
          "Backends are connected to from the client's own address; routing would send their answers on to the\n"
          "client. --apply adds the rules, the route (ip) and the nftables table that keep them here; --undo\n"
          "takes them back; --print shows them. Of the network namespace it is run in, for all daemons there;\n"
          "gone with a reboot. --apply and --undo need root, and may be repeated.\n"},
    Topic{"cleanup", "realpeer cleanup [--runtime_dir DIR]", "remove what killed daemons left behind",
          "Pins, filters of TC (kernels before 6.6), empty cgroups and control sockets of daemons that do not run any "
          "more.\n"
          "Whatever else a daemon attaches ends with its process. Daemons that run are left alone. Needs root.\n"
          "What `setup transparent` did is taken back by its --undo.\n"},
    Topic{"import",
          "realpeer import FILE… [--output FILE] [--trusted_cidrs LIST] [--endpoint SERVICE:PORT=HOST:PORT …]\n"
          "                [--bind_address ADDR] [--certificates FOLDER] [--gateway NAME …] [--namespace NAME]\n"
          "                [--cluster_domain DOMAIN] [--json]",
          "turn manifests of Gateway API and Envoy Gateway into a configuration",
          "Prints the configuration, and on stderr FILE:LINE: error|warning: TEXT for what has no translation,\n"
          "what names nothing, and what contradicts itself. - is stdin. Example:\n"
          "  kubectl get gtw,tcproute,tlsroute,httproute,ctp,btp,svc -n edge -o yaml | realpeer import -\n"
          "What manifests do not say, flags do: whose headers are believed (--trusted_cidrs; nobody's without),\n"
          "where Services are (NAME.NAMESPACE.svc.cluster.local without --endpoint), where certificates are\n"
          "(--certificates, tls/NAMESPACE/SECRET/tls.crt and tls.key without). Exits 2 on any error; what is left\n"
          "is printed all the same.\n"},
    Topic{"help", "realpeer help [COMMAND]", "this list, or one command's page", ""},
};

void print_list(std::ostream& out) {
  out << "realpeer " << REALPEER_VERSION << ": a TCP gateway that keeps the real client's address\n\n";
  for (const auto& topic : topics) {
    out << "  " << topic.name << std::string(9 - topic.name.size(), ' ') << topic.summary << '\n';
  }
  out << "\n`realpeer help COMMAND` has the details. Exit codes: 0 success, 1 not so, 2 wrong usage or "
         "configuration.\n";
}

}  // namespace

int help(Arguments arguments) {
  if (arguments.empty()) {
    print_list(std::cout);
    return 0;
  }
  const auto* topic = std::ranges::find(topics, std::string_view(arguments.front()), &Topic::name);
  if (topic == topics.end()) return usage_error("no command is called '" + arguments.front() + "'");
  std::cout << topic->usage << "\n\n  " << topic->summary << "\n\n" << topic->text;
  return 0;
}

int usage_error(std::string_view text) {
  std::cerr << "realpeer: " << text << " (see: realpeer help)\n";
  return 2;
}

}  // namespace realpeer::commands
