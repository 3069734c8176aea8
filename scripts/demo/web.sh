# shellcheck shell=bash disable=SC2154,SC2034  # sourced together: one room sets what another reads
# A site whose TLS ends at production: the backend gets plain HTTP, and is told the client in X-Forwarded-For. To be
# sourced.

web_name=app.example.com
web_port=8444  # of production, which has other HTTPS on 443

# The wildcard certificate that production ends TLS with.
write_web_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=*.example.com" \
    -addext "subjectAltName=DNS:*.example.com" -keyout "$work/wildcard.key" -out "$work/wildcard.pem" 2>/dev/null
}

# visit_web RUN: as a visitor who would rather be somebody else, and writes so.
visit_web() {
  local certificate=$work/wildcard.pem round
  [ "$1" = with ] || certificate=$work/nginx/certificate.pem
  for round in 1 2 3; do
    in_place client curl -q --noproxy '*' --silent --show-error --fail --max-time 60 --cacert "$certificate" \
      --resolve "$web_name:443:$edge_address" --header 'X-Forwarded-For: 192.0.2.66' "https://$web_name/?round=$round" \
      >/dev/null || { fail "no answer from the site $1 realpeer"; return 1; }
  done
}
