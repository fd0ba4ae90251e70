# bash completion of canary: source <(canary completion bash)
_canary() {
  local words=() word joined= line directive=4 index
  # Bash splits words at = and :, which are part of canary's words.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word="${COMP_WORDS[index]}"
    if ((${#words[@]} > 0)) && { [[ $word == [=:] ]] || [[ -n $joined ]]; }; then
      words[${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    [[ $word == [=:] ]] && joined=1 || joined=
  done
  local current="${words[${#words[@]}-1]}"
  local before="${current%"${current##*[=:]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive="${line#:}"
    else
      line="${line%%$'\t'*}"
      COMPREPLY+=("${line#"$before"}")
    fi
  done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
  ((directive & 2)) && compopt -o nospace
  if ((directive & 16)); then
    compopt -o filenames
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${current##*=}")
  elif ! ((directive & 4)); then
    compopt -o filenames
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${current##*=}")
  fi
}
complete -F _canary canary
