# Run by cpack before it packs: a package's directories are for everyone, whatever the umask of who makes it is.
execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -type d -exec chmod 0755 {} + COMMAND_ERROR_IS_FATAL ANY)
