;;; lsp-mode-test.el --- deferlint as an add-on of lsp-mode beside gopls  -*- lexical-binding: t; -*-

;;; Code:

(load (expand-file-name "harness" (file-name-directory load-file-name)) nil t)
(require 'lsp-mode)
(require 'lsp-go)
(require 'lsp-diagnostics)
(require 'deferlint)
(setq lsp-auto-guess-root t
      lsp-diagnostics-provider :flymake
      lsp-session-file (expand-file-name "lsp-session" (getenv "scratch"))
      lsp-enable-snippet nil
      ;; Without a terminal Emacs doesn't read what watched files report.
      lsp-enable-file-watchers nil
      lsp-restart 'ignore
      lsp-auto-execute-action nil
      lsp-debounce-full-sync-notifications-interval 0.1)

(with-temp-file (module-file "shelf.go")
  (insert-file-contents (expand-file-name "module/shelf.go" (getenv "tests")))
  (goto-char (point-max))
  (insert "\nfunc unused() { /* 𝄞 */ var n int }\n"))
(find-file (module-file "shelf.go"))

(defun server-names ()
  "The servers of this buffer, in order."
  (sort (mapcar (lambda (workspace) (symbol-name (lsp--workspace-server-id workspace))) (lsp-workspaces))
        #'string<))

(check "lsp-mode: deferlint is added to gopls"
  (lsp)
  (wait-for "both servers"
            (lambda ()
              (and (equal (server-names) '("deferlint" "gopls"))
                   (cl-every (lambda (workspace) (eq 'initialized (lsp--workspace-status workspace)))
                             (lsp-workspaces))))))

(check "lsp-mode: both report on the same buffer"
  (wait-for "the findings of both"
            (lambda ()
              ;; lsp-mode runs this when Emacs is idle, which it never is without a terminal.
              (run-hooks 'lsp-diagnostics-updated-hook)
              (cdr (findings))))
  (wait-for-findings "never reaches the caller" "declared and not used")
  (dolist (finding (findings))
    (harness-say "       %s" (string-replace "\n" "; " finding))))

(check "lsp-mode: a fix is applied"
  (go-to "err = file.Close()")
  (let* ((actions (lsp-code-actions-at-point))
         (title "Name the result err, so that the deferred assignment reaches the caller")
         (action (cl-find title actions :key (lambda (action) (gethash "title" action)) :test #'equal)))
    (cl-assert action nil "%S" (mapcar (lambda (action) (gethash "title" action)) actions))
    (lsp-execute-code-action action))
  (goto-char (point-min))
  (cl-assert (search-forward "(err error) {" nil t) nil "%s" (buffer-string)))

(check "lsp-mode: shutdown leaves no process"
  (mapc #'lsp-workspace-shutdown (lsp-workspaces))
  (wait-for "the servers to end"
            (lambda () (not (cl-some (lambda (process) (memq (process-status process) '(run)))
                                     (cl-remove-if-not #'process-command (process-list)))))))

(finish)
;;; lsp-mode-test.el ends here
