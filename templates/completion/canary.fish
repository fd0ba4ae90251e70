# fish completion of canary: canary completion fish > ~/.config/fish/completions/canary.fish
function __canary_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
    set -l directive (string replace -f -r '^:' '' -- $lines[-1])
    for line in $lines[1..-2]
        echo $line
    end
    if test "$directive" = 16
        __fish_complete_directories (commandline -ct)
    else if test "$directive" = 0
        __fish_complete_path (commandline -ct)
    end
end
complete -c canary -f -a '(__canary_complete)'
