# deferlint beside gopls, with kakoune-lsp 17 or later: source this file after `lsp-enable` is available.

# kakoune-lsp's own entry for Go knows gopls alone.
remove-hooks global lsp-filetype-go

hook -group lsp-filetype-go global BufSetOption filetype=go %{
    set-option buffer lsp_servers %{
        [gopls]
        root_globs = ["go.work", "go.mod", ".git"]

        [deferlint]
        args = ["lsp"]
        root_globs = ["go.work", "go.mod", ".git"]
        settings_section = "deferlint"

        [deferlint.settings.deferlint]
        run = "onType"
    }
}

define-command deferlint-fix-all -docstring 'make every fix of deferlint after which the program behaves the same' %{
    lsp-code-action-sync -kind source.fixAll.deferlint
}

define-command deferlint-explain -params 1 -docstring 'deferlint-explain <rule>: show the page of a rule' %{
    evaluate-commands %sh{
        page=$(mktemp) && deferlint explain -- "$1" >"$page" 2>&1
        printf 'edit! -scratch *deferlint*\nset-option buffer filetype markdown\n'
        printf 'execute-keys %%{%%|cat %s; rm %s<ret>gg}\n' "$page" "$page"
    }
}

complete-command deferlint-explain shell-script-candidates %{ deferlint rules | cut -d ' ' -f 1 }
