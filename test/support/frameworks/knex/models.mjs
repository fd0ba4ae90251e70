export const columns = ['id', 'name', 'price', 'note', 'status'];
