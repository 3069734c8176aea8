# bash completion for realpeer. Asks the program itself, so it knows each command and flag that the program knows.
_realpeer() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=${COMP_WORDS[0]} command='' i
  [ "$before" = = ] && before=${COMP_WORDS[COMP_CWORD - 2]}
  [ "$word" = = ] && word='' before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    --config | --token_file | --pcap | --runtime-dir | --runtime_dir)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      compopt -o filenames 2>/dev/null
      return ;;
    --send) mapfile -t COMPREPLY < <(compgen -W 'none tls http https auto' -- "$word"); return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -* | =) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  local commands
  commands=$("$program" help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p')
  if [ -z "$command" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("$program" help "$command" 2>/dev/null | grep -oE -- '--[a-z_-]+' | sort -u)" -- "$word")
  else
    case $command in
      help) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word") ;;
      ban) mapfile -t COMPREPLY < <(compgen -W 'list add remove' -- "$word") ;;
      setup) mapfile -t COMPREPLY < <(compgen -W 'transparent' -- "$word") ;;
      decode | import)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        compopt -o filenames 2>/dev/null ;;
    esac
  fi
}
complete -F _realpeer realpeer
