/** Whether SQL (or a database shell's own commands) loses data, runs a program, or changes who may do what. */
export function sqlDestroys(text: string): boolean {
  const bare = text.replace(/--[^\n]*/g, ' ').replace(/\/\*[\s\S]*?\*\//g, ' ');
  return destroys.test(bare);
}

const destroys =
  /\b(drop|truncate|delete|alter|update|grant|revoke|reassign|vacuum\s+full|copy|do|call|execute|prepare|create\s+(or\s+replace\s+)?(function|procedure|extension|language|role|user|trigger|rule|event)|set\s+(global|role|session\s+authorization)|load_file|load\s+data|into\s+(out|dump)file|lo_export|lo_import|pg_read_file|pg_ls_dir|pg_terminate_backend|pg_reload_conf|pg_sleep|dblink|attach|detach|shutdown|reset\s+master|purge|flush|kill|dropdatabase|deletemany|remove|renamecollection|load_extension|pg_authid|pg_shadow|mysql\.user)\b|\\[!ogwcis]|\\(copy|gexec|include|setenv)|(^|\n)\s*\.(sh\w*|sy\w*|once|output|import|load|read|restore|clone|save|open|archive)|(^|\n)\s*(system|source)\s/i;
