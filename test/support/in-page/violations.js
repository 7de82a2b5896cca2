/* global document, reportViolation */
// Runs in each page before its own scripts, and tells the test what the policy of the page refused.

document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  reportViolation(`${effectiveDirective} ${blockedURI}`);
});
