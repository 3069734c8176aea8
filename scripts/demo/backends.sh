# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# The two backends. Each listens twice: plainly, for the run without realpeer, and for connections that begin with a
# PROXY protocol header. To be sourced.

download_bytes=200000000
host_name=git.example.com

start_backends() {
  start_listening logger-plain backends "$logger_address:22" \
    /usr/bin/python3 scripts/demo/logging_backend.py "$logger_address" 22 "$work/logger-without.json"
  start_listening logger backends "$logger_address:2222" \
    /usr/bin/python3 scripts/demo/logging_backend.py --proxy-protocol "$logger_address" 2222 "$work/logger-with.json"

  write_site
  write_web_certificate
  write_nginx_configuration
  start_listening nginx backends "$nginx_address:8443" nginx -p "$work/nginx" -e stderr -c nginx.conf
}

# What nginx serves, and the certificate that it alone holds.
write_site() {
  mkdir -p "$work/nginx/site"
  chmod 711 "$work"  # nginx's worker is not root
  echo "hello from nginx" >"$work/nginx/site/index.html"
  head -c $download_bytes /dev/urandom >"$work/nginx/site/download"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$host_name" \
    -addext "subjectAltName=DNS:$host_name,DNS:$web_name" -keyout "$work/nginx/key.pem" -out "$work/nginx/certificate.pem" 2>/dev/null
}

write_nginx_configuration() {
  cat >"$work/nginx/nginx.conf" <<NGINX
daemon off;
user www-data;
worker_processes 1;
pid nginx.pid;
events {}
http {
  # peer: where the connection came from; client: what nginx, and the application behind it, take the client to be.
  log_format seen escape=json '{"peer": "\$realip_remote_addr", "header_client": "\$proxy_protocol_addr",'
                              ' "client": "\$remote_addr", "request": "\$request", "bytes": \$bytes_sent}';
  # A site that trusts what X-Forwarded-For says, as applications do.
  log_format site escape=json '{"peer": "\$remote_addr", "client": "\$http_x_forwarded_for",'
                              ' "said": "\$request, X-Forwarded-For: \$http_x_forwarded_for,'
                              ' X-Forwarded-Proto: \$http_x_forwarded_proto"}';
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ssl_certificate certificate.pem;
  ssl_certificate_key key.pem;
  root site;
  server {
    listen "$nginx_address:443" ssl;
    access_log $work/nginx-without.json seen;
    server_name $host_name;
  }
  server {
    listen "$nginx_address:443" ssl;
    access_log $work/web-without.json site;
    server_name $web_name;
  }
  server {
    listen "$nginx_address:8080";
    access_log $work/web-with.json site;
  }
  server {
    listen "$nginx_address:8443" ssl proxy_protocol;
    access_log $work/nginx-with.json seen;
    set_real_ip_from $production_pod_address;
    real_ip_header proxy_protocol;
  }
}
NGINX
}
