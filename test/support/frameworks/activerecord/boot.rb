# What the app does with the database when it starts.
def boot
  migrate
end
