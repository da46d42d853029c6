;;; eglot-test.el --- deferlint as the server of eglot, in strict mode  -*- lexical-binding: t; -*-

;;; Code:

(load (expand-file-name "harness" (file-name-directory load-file-name)) nil t)
(require 'eglot)
(require 'deferlint)

;; Every key that the protocol doesn't know, and every one that misses, is an error.
(setq eglot-strict-mode '(disallow-non-standard-keys enforce-required-keys enforce-optional-keys)
      ;; In this mode eglot takes the answer that there is nothing to show at point for an error.
      eglot-stay-out-of '("eldoc")
      eglot-confirm-server-initiated-edits nil
      eglot-sync-connect 20)

(defvar protocol-complaints nil "What eglot found wrong with the server's messages.")
(advice-add 'eglot--warn :before (lambda (&rest arguments) (push arguments protocol-complaints)))
(advice-add 'jsonrpc--warn :before (lambda (&rest arguments) (push arguments protocol-complaints)))

(defun titles ()
  "The titles of the actions at point."
  (mapcar (lambda (action) (plist-get action :title)) (eglot-code-actions (point) (point))))

(defun apply-action (title)
  "Apply the action TITLE at point."
  (let ((action (cl-find title (eglot-code-actions (point) (point))
                         :key (lambda (action) (plist-get action :title)) :test #'equal)))
    (unless action
      (error "No action %s but %S" title (titles)))
    (eglot--apply-workspace-edit (plist-get action :edit))))

(deferlint-eglot-setup)
(find-file (module-file "shelf.go"))

(check "eglot: connects"
  (apply #'eglot (eglot--guess-contact))
  (cl-assert (equal (plist-get (eglot--server-info (eglot-current-server)) :name) "deferlint"))
  (flymake-start))

(check "eglot: shows the finding"
  (wait-for-findings "never reaches the caller"))

(check "eglot: columns behind 𝄞 are right"
  (go-to "err = file.Close()")
  (insert "/* 𝄞 */ ")
  (edited)
  (wait-for "the finding behind the clef"
            (lambda ()
              (let ((finding (car (flymake-diagnostics))))
                (and finding
                     (equal "err = file.Close()"
                            (buffer-substring (flymake-diagnostic-beg finding) (flymake-diagnostic-end finding)))))))
  (go-to "/* 𝄞 */ ")
  (delete-char 8)
  (edited))

(check "eglot: one fix after the other is saved byte for byte"
  (wait-for-findings "never reaches the caller")
  (go-to "err = file.Close()")
  (apply-action "Name the result err, so that the deferred assignment reaches the caller")
  (edited)
  (wait-for-findings "this replaces whatever")
  (undo-boundary)
  (go-to "err = file.Close()")
  (apply-action "Join the error of this call to err")
  (check-saved "shelf.go")
  (edited)
  (wait-for-findings))

(check "eglot: undo brings the finding back"
  (undo-start)
  (undo-more 1)
  (edited)
  (wait-for-findings "this replaces whatever")
  (save-buffer))

(check "eglot: hover shows what the finding says"
  (go-to "err = file.Close()")
  (let* ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                 (eglot--TextDocumentPositionParams)))
         (value (plist-get (plist-get hover :contents) :value)))
    (cl-assert (string-match-p "deferred-overwrites-error" value) nil "%S" hover)))

(check "eglot: shutdown leaves no process, and nothing was wrong with any message"
  (eglot-shutdown (eglot-current-server))
  (wait-for "the server to end"
            (lambda () (cl-notany (lambda (process) (string-match-p "EGLOT" (process-name process))) (process-list))))
  (cl-assert (null protocol-complaints) nil "%S" protocol-complaints))

(finish)
;;; eglot-test.el ends here
