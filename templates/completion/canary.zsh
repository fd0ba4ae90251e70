#compdef canary
# zsh completion of canary, for a folder of $fpath: canary completion zsh > ~/.zfunc/_canary
_canary() {
  local -a lines found
  local line name about directive=4
  lines=("${(@f)$("${words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${lines[@]}"; do
    if [[ $line == :* ]]; then
      directive=${line#:}
    elif [[ -n $line ]]; then
      name=${line%%$'\t'*}
      about=${line#*$'\t'}
      [[ $about == $line ]] && about=
      found+=("${name//:/\\:}${about:+:$about}")
    fi
  done
  local -a how
  ((directive & 2)) && how=(-S '')
  ((${#found})) && _describe 'canary' found "${how[@]}"
  if ((directive & 16)); then _files -/
  elif ! ((directive & 4)); then _files
  fi
}
if [[ $funcstack[1] == _canary ]]; then _canary "$@"; else compdef _canary canary; fi
